#!/usr/bin/env bash
# A telemedicine app and its first patient, with nothing but curl and openssl: from the app's registration and the patient's
# sign-up to her own record, and to a new password after which nothing old is good any more.
#
#   http/telemedicine.sh [SERVER]        SERVER is http://localhost:8080 unless named; npm start runs one
#
# It acts as three: the app, the patient, and the clinic's administrator, by the credential in the server's data directory
# (CHARTGATE_DATA, or ./.chartgate). Mail is read where the demo shows it; MAILBOX names another address with the same JSON.
set -euo pipefail
server=${1:-http://localhost:8080}
. "$(dirname "$0")/steps.sh"
account=$server/apis/default/account
admin=$server/apis/default/admin
clinic=$(administrator)
redirect=com.example.telemed:/callback
scope='launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs'

mailbox() { if [ -n "${MAILBOX-}" ]; then curl -sS "$MAILBOX"; else json 200 "$admin/mailbox" '' -H "$clinic"; fi; }

# mailed_token ADDRESS SUBJECT: of the link in the newest such mail, which takes a moment to be written.
mailed_token() {
  local try token
  for try in $(seq 50); do
    token=$(mailbox |
      grep -o "\"to\":\"$1\",\"subject\":\"$2[^\"]*\",\"text\":\"[^\"]*\"" |
      sed -n '1s/.*?token=\([A-Za-z0-9_-]\{43\}\).*/\1/p' || true)
    if [ -n "$token" ]; then
      printf '%s' "$token"
      return 0
    fi
    sleep 0.2
  done
  printf 'no mail “%s” came to %s\n' "$2" "$1" >&2
  return 1
}

say 'the app registers: public, an address of its own scheme, patient scopes alone: approved at once'
client=$(json 201 "$issuer/registration" "{ \"client_name\": \"Telemed\", \"application_type\": \"native\",
  \"redirect_uris\": [\"$redirect\"], \"token_endpoint_auth_method\": \"none\", \"scope\": \"$scope\" }")
echo "the client is $(member status <<<"$client")" >&2
client_id=$(member client_id <<<"$client")

say 'the clinic has two patients'
chart=$(member access_token <<<"$(json 200 "$admin/tokens" '{ "scope": "system/*.cruds" }' -H "$clinic")")
new() { json 201 "$fhir/$1" "$2" -H "Authorization: Bearer $chart" -H 'Prefer: return=representation' | sed -n 's/.*"resourceType":"[A-Za-z]*".*"id":"\([^"]*\)".*/\1/p'; }
born=1984-05-03
ada=$(new Patient "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"Ada\"],\"family\":\"Lund\"}],\"birthDate\":\"$born\"}")
ben=$(new Patient '{"resourceType":"Patient","name":[{"given":["Ben"],"family":"Holm"}],"birthDate":"1990-01-31"}')
weight() { new Observation "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/$1\"},\"code\":{\"text\":\"Weight\"},\"valueQuantity\":{\"value\":$2,\"unit\":\"kg\"}}"; }
hers=$(weight "$ada" 61)
his=$(weight "$ben" 84)

say 'she signs up, and confirms her address'
name=ada-$(openssl rand -hex 4)
email=$name@mail.example
old='nine brown foxes'
json 202 "$account" "{\"user_name\":\"$name\",\"email\":\"$email\",\"password\":\"$old\"}" >&2
token=$(mailed_token "$email" 'Confirm your e-mail address')
json 200 "$account/verify" "{\"token\":\"$token\",\"password\":\"$old\"}" >&2

say 'the clinic gives her a code; with it and her date of birth her account reaches her record'
invited=$(json 201 "$admin/invitations" "{\"patient\":\"$ada\",\"relationship\":\"self\",\"email\":\"$email\"}" -H "$clinic")
code=$(member invitation_code <<<"$invited")
session() { json "$1" "$account/sessions" "{\"username\":\"$name\",\"password\":\"$2\"}"; }
bearer="Authorization: Bearer $(session 201 "$old" | member session_token)"
json 400 "$account/me/charts" "{\"invitation_code\":\"$code\",\"birth_date\":\"1984-05-04\"}" -H "$bearer" >/dev/null
json 200 "$account/me/charts" "{\"invitation_code\":\"$code\",\"birth_date\":\"$born\"}" -H "$bearer" >&2

say 'the app sends her to sign in, and she lets it in'
authorize "$client_id" "$redirect" "$scope"
submit "username=$name" "password=$old"
allow
echo "back in the app: ${at%%\?*}" >&2
tokens=$(exchange "$client_id" "$redirect")
access=$(member access_token <<<"$tokens")
test "$(member patient <<<"$tokens")" = "$ada"

say 'it reads her record, and nobody else’s'
read_fhir 200 "Observation/$hers" "$access" >/dev/null
for other in "Patient/$ben" "Observation/$his"; do read_fhir 404 "$other" "$access" >/dev/null; done
found=$(read_fhir 200 Patient "$access")
test "$(grep -o '"resourceType":"Patient"' <<<"$found" | wc -l)" -eq 1
found=$(read_fhir 200 "Observation?subject=Patient/$ben" "$access")
case $found in *"$his"*) exit 1 ;; esac

say 'it refreshes: the old refresh token is replaced'
tokens=$(refresh 200 "$client_id" "$(member refresh_token <<<"$tokens")")
access=$(member access_token <<<"$tokens")
record=$(read_fhir 200 "Patient/$ada" "$access")

say 'she forgets her password, and chooses another'
json 202 "$account/password-reset" "{\"username\":\"$email\"}" >&2
token=$(mailed_token "$email" 'Choose a new password')
new='ten grey herons'
json 204 "$account/password-reset/confirm" "{\"token\":\"$token\",\"password\":\"$new\"}" >&2

say 'what there was before is dead: sessions, tokens, the password'
json 401 "$account/me" '' -H "$bearer" >/dev/null
read_fhir 401 "Patient/$ada" "$access" >/dev/null
refresh 400 "$client_id" "$(member refresh_token <<<"$tokens")" | member error >&2
session 401 "$old" >/dev/null
authorize "$client_id" "$redirect" "$scope"
case $at in "$issuer"/sign-in*) echo 'the browser is asked to sign in' >&2 ;; *) exit 1 ;; esac

say 'with the new one she goes on, and lets the app in anew'
submit "username=$name" "password=$new"
allow
access=$(exchange "$client_id" "$redirect" | member access_token)
read_fhir 200 "Patient/$ada" "$access" >/dev/null

printf '%s\n' "$record"
