set -eu

stop() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

for tool in curl jq awk; do
  command -v "$tool" >/dev/null 2>&1 || stop "$tool is not installed, and this script needs it"
done
[ -n "${SCIM_BASE:-}" ] || stop 'SCIM_BASE is not set: the base URL of the endpoint, such as https://example.com/scim/v2'
[ -n "${SCIM_TOKEN:-}" ] || stop 'SCIM_TOKEN is not set: the bearer token of the endpoint'
SCIM_BASE=${SCIM_BASE%/}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# bearer NAME VALUE: a credential for curl to read from a file; on its command line everybody could see it.
bearer() { printf 'Authorization: %s\n' "$2" >"$work/$1"; }
bearer own "Bearer $SCIM_TOKEN"

step() { printf '%s\n' "$1"; }
note() { printf '  (%s)\n' "$1"; }

# ask METHOD TARGET ARGUMENT…: sends a request with curl and keeps the answer.
ask() {
  method=$1 target=$2
  shift 2
  case $method in
    HEAD) set -- -I "$@" ;;
    *) set -- -X "$method" "$@" ;;
  esac
  : >"$work/head"
  : >"$work/body"
  status=$(curl -sS -g --path-as-is -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" "$SCIM_BASE$target") ||
    stop "no answer to $method $target"
  printf '  %s  %s %s\n' "$status" "$method" "$target"
}

fail() {
  printf 'error: %s\n' "$1" >&2
  head -c 2000 "$work/body" | LC_ALL=C tr -d '\000-\010\013-\037\177' >&2
  printf '\n' >&2
  exit 1
}

# expect STATUS…: the status of the answer, `4??` for any of that class.
expect() {
  for wanted in "$@"; do
    case $status in $wanted) return 0 ;; esac
  done
  fail "$method $target: expected $*, got $status"
}

# holds CONDITION: what jq must find true of the body.
holds() { jq -e "$1" "$work/body" >/dev/null 2>&1 || fail "$method $target: not so: $1"; }

# field EXPRESSION: a value of the body, by jq.
field() { jq -er "$1" "$work/body" || fail "$method $target: the answer has no $1"; }

# header NAME SCRIPT: the value of a header field, as sed changes it.
header() {
  value=$(awk -v name="$1:" 'tolower($1) == name { sub(/^[^:]*:[ \t]*/, ""); sub(/\r$/, ""); print; found = 1; exit }
    END { exit !found }' "$work/head") || fail "$method $target: the answer has no header field $1"
  printf '%s\n' "$value" | sed "$2"
}
