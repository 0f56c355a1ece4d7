/* The viewer requests files as they are in an upload set; the page answers with what it unpacks. */

let config = null;

async function loadConfig() {
  if (config) return config;
  const loaded = JSON.parse(await readText(CONFIG_NAME));
  for (const { sprite } of loaded.embeddings) {
    if (sprite && embeddedFiles.has(sprite.imagePath)) {
      sprite.imagePath = URL.createObjectURL(new Blob([await readFile(sprite.imagePath)]));
    }
  }
  config = loaded;
  return config;
}

/** Return what the viewer wants under a name: bytes, numbers or text. */
async function contentOf(name) {
  const { embeddings, ...others } = await loadConfig();
  if (name === CONFIG_NAME) return JSON.stringify({ embeddings, ...others });
  const bytes = await readFile(name);
  const packed = embeddings.find(({ tensorPath, step }) => tensorPath === name && step);
  if (packed) return floatsOf(bytes, packed.step);
  if (!embeddings.some(({ bookmarksPath }) => bookmarksPath === name)) return bytes;
  return `[${JSON.parse(new TextDecoder().decode(bytes)).map(stateText)}]`;
}

let numLoading = 0; // requests that wait for the content of a file
const failedFiles = new Set();

/** Say what is missing, above the viewer, whose next message may hide its own about the error. */
function tellFailure(name, { message }) {
  failedFiles.add(name);
  document.getElementById("failed-file").textContent = `${name} could not be loaded`;
  document.getElementById("failed-reason").textContent = `${message}.`;
  const dialog = document.getElementById("failure");
  if (!dialog.open) dialog.showModal();
}

/** A request that the page answers if it can, and else the host. */
class AnsweredRequest extends XMLHttpRequest {
  open(method, address, ...others) {
    this.name = address;
    super.open(method, address, ...others);
  }

  async send(...values) {
    let content;
    numLoading += 1;
    failedFiles.delete(this.name);
    try {
      content = await contentOf(this.name);
    } catch (error) {
      tellFailure(this.name, error);
      super.send(...values);
      return;
    } finally {
      numLoading -= 1;
    }
    const isText = typeof content === "string";
    const answer = { readyState: 4, status: 200, response: isText ? content : content.buffer };
    if (isText) answer.responseText = content;
    for (const [key, value] of Object.entries(answer)) Object.defineProperty(this, key, { value });
    this.dispatchEvent(new Event("readystatechange"));
    this.dispatchEvent(new ProgressEvent("load"));
  }
}

window.XMLHttpRequest = AnsweredRequest;
document.getElementById("reload").addEventListener("click", () => location.reload());
