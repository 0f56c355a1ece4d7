/* The page's files: each is packed by gzip, beside the page or inside a single-file page. */

const CONFIG_NAME = "config.json";
const VIEWER_NAME = "projector_binary.js";

const embeddedFiles = new Map(
  [...document.querySelectorAll("script[data-path]")].map((part) => [part.dataset.path, part]),
);

/** Decode base64; in older browsers, which have no method for it, a plain loop is fastest. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Return the packed bytes of a file inside the page, so that its text does not stay in memory. */
function embeddedBytes(name) {
  const file = embeddedFiles.get(name);
  if (!(file instanceof Element)) return file;
  const bytes = bytesOf(file.textContent);
  file.remove();
  embeddedFiles.set(name, bytes);
  return bytes;
}

async function fetchedBytes(name) {
  const packed = `${encodeURIComponent(name)}.gz`;
  const answer = await fetch(packed);
  if (!answer.ok) throw new Error(`The host answers ${answer.status} for ${packed}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function readFile(name) {
  const bytes = embeddedBytes(name) ?? (await fetchedBytes(name));
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b; // some hosts unpack it themselves
  if (!isPacked) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

async function readText(name) {
  return new TextDecoder().decode(await readFile(name));
}

/** Return the page's colorings: metadata file -> list, which is empty if they cannot be read. */
async function loadColorings() {
  try {
    return JSON.parse(await readText("colorings.json"));
  } catch {
    return {};
  }
}

/** Run the viewer, which is one script. */
async function runViewer() {
  const script = document.createElement("script");
  script.textContent = await readText(VIEWER_NAME);
  document.head.append(script);
}
