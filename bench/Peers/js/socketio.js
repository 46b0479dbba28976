// Socket.IO on Node.js: node socketio.js PORT [--watch-stdin]
import { createServer } from "node:http";
import { Server } from "socket.io";
import { port, ready } from "./ready.js";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

io.on("connection", socket => {
  socket.on("echo", (payload, answer) => answer(payload));
  socket.on("broadcast", (payload, answer) => {
    io.emit("bench", payload);
    answer?.(true);
  });
});

http.listen(port, "127.0.0.1", () => ready("socketio", ["/socket.io/?EIO=4&transport=websocket"]));
