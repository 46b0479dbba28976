// Bun's own WebSocket server with hand-written JSON: npx bun bun.js PORT [--watch-stdin]
import { port, ready } from "./ready.js";

const topic = "bench";
// As Helios' limits: so high that none is met.
const plenty = 256 * 1024 * 1024;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  fetch(request, server) {
    const isRaw = new URL(request.url).pathname === "/raw";
    if (!server.upgrade(request, { data: { isRaw } })) return new Response("WebSocket only", { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    backpressureLimit: plenty,
    open(socket) {
      if (!socket.data.isRaw) socket.subscribe(topic);
    },
    message(socket, text) {
      if (socket.data.isRaw) {
        socket.send(text);
        return;
      }
      const { id, method, payload } = JSON.parse(text);
      if (method === "echo") {
        socket.send(JSON.stringify({ id, success: true, data: payload }));
      } else if (method === "broadcast") {
        server.publish(topic, JSON.stringify({ topic, data: payload }));
        socket.send(JSON.stringify({ id, success: true, data: true }));
      } else {
        socket.send(JSON.stringify({ id, success: false, error: "unknown method" }));
      }
    },
  },
});

ready("bun", ["/echo", "/raw"]);
