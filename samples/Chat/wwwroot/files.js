// A file in one binary message: [header length: 4 bytes, big endian][header: JSON][the file's bytes].

export const MAX_FILE = 512 * 1024;

export async function packFile(file, room) {
  const header = new TextEncoder().encode(JSON.stringify({ room, name: file.name, type: file.type }));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, header.length);
  return new Blob([length, header, file]).arrayBuffer();
}

/** The header and an address under which the page can show or save the bytes. */
export function unpackFile(packet) {
  const headerLength = new DataView(packet).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(packet, 4, headerLength)));
  const blob = new Blob([new Uint8Array(packet, 4 + headerLength)], { type: header.type });
  return { header, address: URL.createObjectURL(blob) };
}
