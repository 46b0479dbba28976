// Bun's own WebSocket server with hand-written JSON: npx bun bun.js PORT [--watch-stdin]
// /helios speaks the protocol of Helios, with the same bytes; /echo has a smaller message; /raw uses no JSON.
import { port, ready } from "./ready.js";

const topic = "bench";
const envelope = { protocol: "helios-starling", version: "1.0.0" };
// Limits so high that the load never reaches them, as for Helios.
const plenty = 256 * 1024 * 1024;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  fetch(request, server) {
    const path = new URL(request.url).pathname;
    if (!server.upgrade(request, { data: { path } })) return new Response("WebSocket only", { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    backpressureLimit: plenty,
    open(socket) {
      if (socket.data.path !== "/raw") socket.subscribe(topic + socket.data.path);
    },
    message(socket, text) {
      if (socket.data.path === "/raw") {
        socket.send(text);
        return;
      }
      if (socket.data.path === "/helios") {
        answer(socket, JSON.parse(text));
        return;
      }
      const { id, method, payload } = JSON.parse(text);
      if (method === "echo") {
        socket.send(JSON.stringify({ id, success: true, data: payload }));
      } else if (method === "broadcast") {
        server.publish(topic + "/echo", JSON.stringify({ topic, data: payload }));
        socket.send(JSON.stringify({ id, success: true, data: true }));
      } else {
        socket.send(JSON.stringify({ id, success: false, error: "unknown method" }));
      }
    },
  },
});

// The envelope, the request's UUID and the time, in the order of Helios.
function answer(socket, { requestId, method, payload }) {
  if (method === "bench:echo") {
    socket.send(message({ type: "response", requestId, success: true, data: payload }));
  } else if (method === "bench:broadcast") {
    server.publish(topic + "/helios", message({ type: "notification", notification: { topic, data: payload } }));
    socket.send(message({ type: "response", requestId, success: true, data: true }));
  } else {
    const error = { code: "METHOD_NOT_FOUND", message: "unknown method", details: { method } };
    socket.send(message({ type: "response", requestId, success: false, error }));
  }
}

function message(content) {
  return JSON.stringify({ ...envelope, timestamp: Date.now(), ...content });
}

ready("bun", ["/helios", "/echo", "/raw"]);
