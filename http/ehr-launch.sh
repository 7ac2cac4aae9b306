#!/usr/bin/env bash
# An EHR launch with nothing but curl and openssl: the record system (here a practitioner of the demo, by the launch API) opens
# an app for a patient; the app asks with what it was opened with, and gets a token with that patient in it.
#
#   http/ehr-launch.sh [SERVER]          SERVER is http://localhost:8080 unless named; npm start runs one
#
# An administrator approves user/ scopes and picks the patient, by the credential in the server's data directory
# (CHARTGATE_DATA, or ./.chartgate).
set -euo pipefail
server=${1:-http://localhost:8080}
. "$(dirname "$0")/steps.sh"
clinic=$(administrator)
redirect=http://127.0.0.1:3000/callback
scope='launch openid fhirUser user/Patient.rs user/Observation.rs'

say 'register, approve'
registered=$(json 201 "$issuer/registration" "{ \"client_name\": \"Growth chart\", \"redirect_uris\": [\"$redirect\"],
  \"launch_uri\": \"http://127.0.0.1:3000/launch\", \"token_endpoint_auth_method\": \"client_secret_basic\",
  \"scope\": \"$scope\" }")
client=$(member client_id <<<"$registered")
secret=$(member client_secret <<<"$registered")
json 200 "$server/apis/default/admin/clients/$client/approve" '{}' -H "$clinic" >/dev/null
chart=$(json 200 "$server/apis/default/admin/tokens" '{ "scope": "system/Patient.s" }' -H "$clinic" | member access_token)
patient=$(read_fhir 200 'Patient?_count=1&_elements=id' "$chart" | grep -o '"id":"[^"]*"' | sed -n '$s/.*:"\(.*\)"/\1/p')

say 'the practitioner is signed in, and opens the app'
password=$(demo_password demo-practitioner)
session=$(json 201 "$server/apis/default/account/sessions" \
  "{ \"username\": \"demo-practitioner\", \"password\": \"$password\" }" -c "$work/jar" | member session_token)
opened=$(json 201 "$server/apis/default/launch" "{ \"client_id\": \"$client\", \"patient\": \"$patient\",
  \"need_patient_banner\": false }" -H "Authorization: Bearer $session")
member launch_url <<<"$opened" | sed 's/launch=[^&]*/launch=…/' >&2

say 'the app asks; consent'
authorize "$client" "$redirect" "$scope" --data-urlencode "launch=$(member launch <<<"$opened")"
allow

say 'token, call'
tokens=$(exchange "$client" "$redirect" -u "$client:$secret")
echo "patient $(member patient <<<"$tokens"), granted: $(member scope <<<"$tokens")" >&2
test "$(member patient <<<"$tokens")" = "$patient"
read_fhir 200 "Patient/$patient" "$(member access_token <<<"$tokens")"
