#!/usr/bin/env bash
# Installs what the tests need, builds once with warnings as errors, runs every test.
# --long runs afterwards what takes too long for every change: long runs and mutants of the TypeScript client, chaos for 10 minutes,
# fuzzing for 5 minutes a target.
# Other arguments go to the test runner: ./test.sh --filter Name · ./test.sh --filter-class '*FrameReaderTests'
# Without such arguments the spelling is checked first, and an unknown word ends the run.
# HELIOS_NO_INSTALL=1 installs nothing: tests whose tool is missing are then skipped, each with its reason.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DEBIAN_FRONTEND=noninteractive
exec </dev/null

long=
if [ "${1:-}" = --long ]; then
  long=1
  shift
fi

say() { printf '\n== %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && sudo -n true 2>/dev/null; then sudo -n --preserve-env=DEBIAN_FRONTEND "$@"
  else return 1
  fi
}

apt_updated=
apt_install() {
  [ -z "${HELIOS_NO_INSTALL:-}" ] && have apt-get || return 1
  [ -n "$apt_updated" ] || as_root apt-get update -qq || return 1
  apt_updated=1
  as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# need WHAT "CHECK" "CONSEQUENCE" PACKAGE...
need() {
  local what=$1 check=$2 consequence=$3
  shift 3
  if eval "$check"; then return 0; fi
  echo "$what is missing; installing $*"
  if apt_install "$@" && eval "$check"; then return 0; fi
  echo "CANNOT INSTALL $what (packages: $*): $consequence"
  return 1
}

# npm_ci FOLDER "CONSEQUENCE"
npm_ci() {
  npm ci --prefix "$1" --no-audit --no-fund --loglevel=error || echo "CANNOT INSTALL the npm packages of $1: $2"
}

# The tests of the TypeScript client need Node.js 20; npm has it as a package.
newer_node() {
  local folder=$PWD/artifacts/node
  [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ] || return 0
  if npm install --prefix "$folder" --no-audit --no-fund --loglevel=error node@22; then
    export PATH=$folder/node_modules/node/bin:$folder/node_modules/.bin:$PATH
  else
    echo "CANNOT INSTALL Node.js 20: the tests of the TypeScript client are skipped"
  fi
}

spelling() {
  local cspell=.spelling/node_modules/.bin/cspell
  if [ ! -x "$cspell" ]; then
    echo "Skipped: cspell is not installed in .spelling"
  elif ! "$cspell" lint --config .spelling/cspell.json --no-progress --show-suggestions; then
    echo "FAILED: unknown words. Correct them (American English), or add those that are right to .spelling/words.txt."
    exit 1
  fi
}

if ! have dotnet || ! dotnet --version >/dev/null; then
  echo "The .NET 10 SDK is needed (see global.json): https://dot.net"
  exit 1
fi

say "Tools"
need "Chromium" "have chromium || have chromium-browser || have google-chrome" \
  "the browser tests of the chat sample are skipped" chromium || true
need "nginx" "[ -x /usr/sbin/nginx ] || have nginx" "the tests behind nginx are skipped" nginx || true
need "HAProxy" "[ -x /usr/sbin/haproxy ] || have haproxy" "the tests behind HAProxy are skipped" haproxy || true
need "A C linker" "have clang || have gcc" "the native AOT tests are skipped" clang || true
need "zlib's headers" "[ -e /usr/include/zlib.h ]" "the native AOT tests are skipped" zlib1g-dev || true
if need "Node.js" "have node && have npm" "the tests with a Node.js client and the check of the spelling are skipped" nodejs npm; then
  npm_ci tests/clients/node "the tests with a Node.js client are skipped"
  newer_node
  npm_ci clients/typescript "the tests of the TypeScript client are skipped"
  npm_ci .spelling "the check of the spelling is skipped"
fi

if [ $# -eq 0 ]; then
  say "Spelling"
  spelling
fi

say "Build"
dotnet build Helios.slnx -c Release -warnaserror -v quiet

say "Test"
# Two test apps at a time, on any machine: the same load everywhere, and the long ones overlap.
# With a filter many test apps have nothing to run, which is exit code 8 and no failure.
[ $# -eq 0 ] || set -- "$@" --ignore-exit-code 8
[ -n "$long" ] || exec dotnet test --solution Helios.slnx -c Release --no-build --max-parallel-test-modules 2 "$@"
dotnet test --solution Helios.slnx -c Release --no-build --max-parallel-test-modules 2 "$@"

say "TypeScript client"
if [ -d clients/typescript/node_modules ]; then npm run test:long --silent --prefix clients/typescript; else echo "Skipped: its packages are not installed"; fi

say "Chaos"
CHAOS_MINUTES=10 dotnet run -c Release --no-build --project tests/HeliosStarling.Chaos.Tests -- -class '*ChaosTests'
for target in reader frames heads server; do
  say "Fuzz $target"
  dotnet run -c Release --no-build --project fuzz/HeliosStarling.Fuzz -- "$target" --minutes 5
done
