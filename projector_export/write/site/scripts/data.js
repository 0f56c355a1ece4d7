/* Where the viewer finds its data: files beside the page, or blobs in a single-file page. */

const ADDRESS_KEYS = ["tensorPath", "metadataPath", "bookmarksPath"];

/** Decode base64; in older browsers, which have no method for it, a plain loop is fastest. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Take the files out of a single-file page, so that their text does not stay in memory. */
function takeEmbeddedFiles() {
  const files = {};
  for (const part of document.querySelectorAll("script[data-path]")) {
    files[part.dataset.path] = bytesOf(part.textContent);
    part.remove();
  }
  return files;
}

const embeddedFiles = takeEmbeddedFiles();

function embeddedJson(name) {
  return JSON.parse(new TextDecoder().decode(embeddedFiles[name]));
}

/** Return the address of the config: a file, or in a single-file page a blob. */
function configAddress() {
  if (!embeddedFiles["config.json"]) return "config.json";
  const address = (content) => URL.createObjectURL(new Blob([content]));
  const config = embeddedJson("config.json");
  for (const table of config.embeddings) {
    for (const key of ADDRESS_KEYS.filter((key) => table[key])) {
      // The viewer recognizes binary tensors by the end of their address, so the name is added
      // as a fragment, which a request leaves out.
      table[key] = address(embeddedFiles[table[key]]) + "#" + table[key];
    }
    if (table.sprite) table.sprite.imagePath = address(embeddedFiles[table.sprite.imagePath]);
  }
  return address(JSON.stringify(config));
}

/** Return the page's colorings: metadata file -> list, which is empty if they cannot be read. */
async function loadColorings() {
  try {
    if (embeddedFiles["colorings.json"]) return embeddedJson("colorings.json");
    const answer = await fetch("colorings.json");
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}
