// Shared by all peers: read the port, print that the server is ready, end on request.
export const port = Number(process.argv[2] ?? 5080);

export function ready(name, paths) {
  for (const path of paths) console.log(`ready ${name} pid=${process.pid} http://127.0.0.1:${port}${path}`);
  if (process.argv.includes("--watch-stdin")) process.stdin.resume().on("end", () => process.exit(0));
}
