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

/** Return the address of the config: a file, or in a single-file page a blob. */
function configAddress() {
  const parts = [...document.querySelectorAll("script[data-path]")];
  if (!parts.length) return "config.json";
  const contents = {};
  for (const part of parts) {
    contents[part.dataset.path] = bytesOf(part.textContent);
    part.remove();
  }
  const address = (content) => URL.createObjectURL(new Blob([content]));
  const config = JSON.parse(new TextDecoder().decode(contents["config.json"]));
  for (const table of config.embeddings) {
    for (const key of ADDRESS_KEYS.filter((key) => table[key])) {
      // The viewer recognizes binary tensors by the end of their address, so the name is added
      // as a fragment, which a request leaves out.
      table[key] = address(contents[table[key]]) + "#" + table[key];
    }
    if (table.sprite) table.sprite.imagePath = address(contents[table.sprite.imagePath]);
  }
  return address(JSON.stringify(config));
}
