# What the stories beside this file share: bash, curl and openssl. Wants $server.
issuer=$server/oauth2/default
fhir=$server/apis/default/fhir
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*" >&2; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
member() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }                 # of a flat JSON answer, a text
parameter() { printf '%s' "$at" | sed -n "s/.*[?&]$1=\([^&]*\).*/\1/p"; } # of the address where the browser is

# expect STATUS CURL-ARGUMENTS: prints the body; ends the story where the status is another.
expect() {
  local wanted=$1 status
  shift
  status=$(curl -sS -o "$work/answer" -w '%{http_code}' "$@")
  if [ "$status" != "$wanted" ]; then
    printf 'expected %s, got %s: %s\n' "$wanted" "$status" "$(cat "$work/answer")" >&2
    return 1
  fi
  cat "$work/answer"
  echo
}

# json STATUS URL [BODY] [CURL-ARGUMENTS]: a POST where there is a body.
json() {
  local wanted=$1 url=$2 body=${3-}
  shift $(($# < 3 ? $# : 3))
  expect "$wanted" -H 'Content-Type: application/json' ${body:+--data-binary "$body"} "$@" "$url"
}

# browse URL [CURL-ARGUMENTS]: a browser without scripts. It keeps cookies and follows the server's redirects; where it ends
# is in $at, and what it shows in $work/page.
browse() {
  at=$1
  shift
  while :; do
    curl -sS -b "$work/jar" -c "$work/jar" -D "$work/headers" -o "$work/page" "$@" "$at"
    local next
    next=$(tr -d '\r' <"$work/headers" | sed -n 's/^[Ll]ocation: //p')
    if [ -z "$next" ]; then return 0; fi
    at=$next
    set --
    case $at in "$server"/*) ;; *) return 0 ;; esac
  done
}

# submit NAME=VALUE...: sends the form that the browser shows, with its hidden fields.
submit() {
  local field fields=()
  while IFS= read -r field; do fields+=(--data-urlencode "$field"); done < <(
    grep -o '<input type="hidden" name="[^"]*" value="[^"]*">' "$work/page" |
      sed 's/.* name="\([^"]*\)" value="\([^"]*\)">/\1=\2/' | sort -u
  )
  for field in "$@"; do fields+=(--data-urlencode "$field"); done
  browse "$at" -H "Origin: $server" "${fields[@]}"
}

# allow: ticks what the consent page has ticked, and allows it.
allow() {
  local value boxes=()
  while IFS= read -r value; do boxes+=("scope=$value"); done < <(
    grep -o 'name="scope" value="[^"]*" checked' "$work/page" | sed 's/.* value="\([^"]*\)".*/\1/; s/&amp;/\&/g'
  )
  submit "${boxes[@]}" decision=allow
}

# authorize CLIENT REDIRECT-URI SCOPE [CURL-ARGUMENTS]: opens the browser at the authorization endpoint, with PKCE.
authorize() {
  local client=$1 redirect=$2 scope=$3
  shift 3
  verifier=$(openssl rand 32 | base64url)
  state=$(openssl rand -hex 16)
  browse "$issuer/authorize" -G \
    --data-urlencode response_type=code \
    --data-urlencode "client_id=$client" \
    --data-urlencode "redirect_uri=$redirect" \
    --data-urlencode "scope=$scope" \
    --data-urlencode "aud=$fhir" \
    --data-urlencode "state=$state" \
    --data-urlencode "code_challenge=$(printf '%s' "$verifier" | openssl dgst -sha256 -binary | base64url)" \
    --data-urlencode code_challenge_method=S256 "$@"
}

# exchange CLIENT REDIRECT-URI [CURL-ARGUMENTS]: the code that the browser brought back, for tokens.
exchange() {
  local client=$1 redirect=$2
  shift 2
  if [ "$(parameter state)" != "$state" ] || [ -z "$(parameter code)" ]; then
    printf 'no code of ours: %s\n' "$at" >&2
    return 1
  fi
  expect 200 "$issuer/token" "$@" \
    --data-urlencode grant_type=authorization_code \
    --data-urlencode "client_id=$client" \
    --data-urlencode "code=$(parameter code)" \
    --data-urlencode "redirect_uri=$redirect" \
    --data-urlencode "code_verifier=$verifier"
}

# refresh STATUS CLIENT REFRESH-TOKEN
refresh() {
  expect "$1" "$issuer/token" --data-urlencode grant_type=refresh_token \
    --data-urlencode "client_id=$2" --data-urlencode "refresh_token=$3"
}

# read_fhir STATUS PATH TOKEN
read_fhir() { expect "$1" -H "Authorization: Bearer $3" "$fhir/$2"; }

# administrator: the header of the server's credential, for curl -H; in a file, so that no list of processes shows it.
administrator() {
  local token
  token=$(member token <"${CHARTGATE_DATA:-.chartgate}/admin.json")
  printf 'Authorization: Bearer %s\n' "$token" >"$work/administrator"
  echo "@$work/administrator"
}

# demo_password NAME: of an account of the demo, which the first page shows.
demo_password() {
  curl -sS "$server/" | sed -n "s|.*<code>$1</code><td><code>\([^<]*\)</code>.*|\1|p"
}
