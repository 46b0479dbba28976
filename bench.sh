#!/usr/bin/env bash
# Measures Helios beside its peers on this machine, by turns, and writes bench/RESULTS.md (about 30 minutes).
# Bun is measured three times: with the protocol of Helios, with a smaller message of its own, and raw.
# Arguments go to the suite: ./bench.sh --quick · ./bench.sh --peers helios,SignalR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build bench/Peers -c Release -v quiet
dotnet build bench/Load -c Release -v quiet
if command -v npm >/dev/null; then
  npm ci --prefix bench/Peers/js --no-audit --no-fund --loglevel=error ||
    echo "CANNOT INSTALL the npm packages of bench/Peers/js: Bun and Socket.IO are not measured"
else
  echo "Node.js and npm are missing: Bun and Socket.IO are not measured"
fi
exec bench/Load/bin/Release/net10.0/Load suite "$@"
