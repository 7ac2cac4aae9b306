#!/usr/bin/env bash
# The five steps with nothing but curl and openssl, as an integrator writes them against an OpenEMR server.
#
#   http/five-steps.sh [SERVER]          SERVER is http://localhost:8080 unless named
#
# Step 1 makes the key with this project's command; an administrator's approval is given by it as well, so run this on the
# server's machine with CHARTGATE_DATA naming the server's data directory (./.chartgate where it is not set).
set -euo pipefail
server=${1:-http://localhost:8080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chartgate=$(dirname "$0")/../node_modules/.bin/chartgate

member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; } # of a flat JSON answer
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
say() { printf '\n== %s\n' "$*" >&2; }

say '1 keys: RSA, RS384, kid = SHA-256 thumbprint'
"$chartgate" keys new --alg RS384 --bits 2048 --out "$work/key.pem" >"$work/jwks.json" 2>/dev/null
kid=$(tr -d ' \n' <"$work/jwks.json" | member kid)

say '2 register'
cat >"$work/registration.json" <<JSON
{ "application_type": "private",
  "redirect_uris": ["https://localhost:8080/redirect"],
  "post_logout_redirect_uris": ["https://localhost:8080/logout"],
  "client_name": "New JWT App 13",
  "initiate_login_url": "https://localhost:8081/launch",
  "token_endpoint_auth_method": "client_secret_post",
  "contacts": ["me@clinic.example", "them@clinic.example"],
  "scope": "openid offline_access api:oemr api:fhir api:port patient/Patient.read patient/Procedure.read system/Patient.read system/AllergyIntolerance.read system/CarePlan.read system/CareTeam.read system/Condition.read system/Coverage.read system/Device.read system/DiagnosticReport.read system/Document.read system/DocumentReference.read system/Encounter.read system/Goal.read system/Group.read system/Immunization.read system/Location.read system/Medication.read system/MedicationRequest.read system/Observation.read system/Organization.read system/Person.read system/Practitioner.read system/PractitionerRole.read system/Procedure.read system/Provenance.read",
  "jwks": $(cat "$work/jwks.json") }
JSON
curl -sS -H 'Content-Type: application/json' --data-binary "@$work/registration.json" \
  "$server/oauth2/default/registration" >"$work/client.json"
client=$(member client_id <"$work/client.json")
echo "client $client is $(member status <"$work/client.json")" >&2
grep -o '"warnings":\[[^]]*\]' "$work/client.json" >&2

say 'an administrator approves'
CHARTGATE_URL=$server "$chartgate" clients approve "$client" >&2

say '3 assertion: iss = sub = client_id, aud = the token URL, exp, jti'
scope=$(tr -d '\n' <"$work/registration.json" | sed -n 's/.*"scope": "\([^"]*\)".*/\1/p')
header=$(printf '{"alg":"RS384","kid":"%s","typ":"JWT"}' "$kid" | base64url)
claims=$(printf '{"iss":"%s","sub":"%s","aud":"%s","exp":%d,"jti":"%s"}' "$client" "$client" \
  "$server/oauth2/default/token" "$(($(date +%s) + 240))" "$(openssl rand -hex 16)" | base64url)
signature=$(printf '%s.%s' "$header" "$claims" | openssl dgst -sha384 -sign "$work/key.pem" -binary | base64url)

say '4 token'
curl -sS "$server/oauth2/default/token" \
  --data-urlencode grant_type=client_credentials \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data-urlencode "client_assertion=$header.$claims.$signature" \
  --data-urlencode "scope=$scope" >"$work/token.json"
token=$(member access_token <"$work/token.json")
if [ -z "$token" ]; then
  cat "$work/token.json" >&2
  exit 1
fi
echo "granted: $(member scope <"$work/token.json")" >&2

say '5 call'
curl -sS --fail-with-body -H "Authorization: Bearer $token" "$server/apis/default/fhir/Patient?_count=3"
