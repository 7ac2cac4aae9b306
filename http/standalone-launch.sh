#!/usr/bin/env bash
# A standalone launch with nothing but curl and openssl: a public app, PKCE, a patient of the demo who signs in and lets it in.
#
#   http/standalone-launch.sh [SERVER]   SERVER is http://localhost:8080 unless named; npm start runs one
set -euo pipefail
server=${1:-http://localhost:8080}
. "$(dirname "$0")/steps.sh"
redirect=http://127.0.0.1:3000/callback
scope='launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs'

say 'register'
client=$(json 201 "$issuer/registration" "{ \"client_name\": \"My readings\", \"redirect_uris\": [\"$redirect\"],
  \"token_endpoint_auth_method\": \"none\", \"scope\": \"$scope\" }" | member client_id)

say 'authorize: sign in, allow'
authorize "$client" "$redirect" "$scope"
submit username=demo-patient "password=$(demo_password demo-patient)"
allow
echo "$at" | sed 's/code=[^&]*/code=…/' >&2

say 'token'
tokens=$(exchange "$client" "$redirect")
echo "patient $(member patient <<<"$tokens"), granted: $(member scope <<<"$tokens")" >&2

say 'introspect'
expect 200 "$issuer/introspect" --data-urlencode "client_id=$client" \
  --data-urlencode "token=$(member access_token <<<"$tokens")" >&2

say 'refresh, call'
tokens=$(refresh 200 "$client" "$(member refresh_token <<<"$tokens")")
access=$(member access_token <<<"$tokens")
readings=$(read_fhir 200 'Observation?_sort=-date&_count=3' "$access")

say 'revoke: the access token dies with the refresh token'
expect 200 "$issuer/revoke" --data-urlencode "client_id=$client" \
  --data-urlencode "token=$(member refresh_token <<<"$tokens")" >&2
read_fhir 401 Observation "$access" >/dev/null

printf '%s\n' "$readings"
