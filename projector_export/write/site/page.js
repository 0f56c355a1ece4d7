(() => {
  "use strict";
  const SECONDS_TO_WAIT = 60;
  const ADDRESS_KEYS = ["tensorPath", "metadataPath", "bookmarksPath"];
  const cover = document.getElementById("cover");

  document.getElementById("about").addEventListener("click", () => {
    document.getElementById("licenses").showModal();
  });

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
    }
    return address(JSON.stringify(config));
  }

  /** Replace a method, if it exists, by `replacement`, which gets the original first. */
  function replaceMethod(object, name, replacement) {
    const method = object[name];
    if (typeof method === "function") {
      object[name] = (...values) => replacement(method.bind(object), ...values);
    }
  }

  /** Keep the viewer from computing and drawing PCA before it opens the map. */
  function skipFirstPca(viewer, opening) {
    replaceMethod(viewer, "updateDataSet", (update, dataSet, ...rest) => {
      if (dataSet && opening.isAwaited) {
        viewer.projectionsPanel?.disablePolymerChangesTriggerReprojection?.();
        opening.skipsPca = true;
      }
      return update(dataSet, ...rest);
    });
  }

  /** Let the viewer compute PCA again after a bookmark that deleted its values and has none. */
  function keepPcaWorking(viewer) {
    replaceMethod(viewer, "loadState", (load, state) => {
      load(state);
      const [saved] = state.projections;
      if (saved && !("pca-0" in saved)) viewer.dataSet.projections = {};
    });
  }

  /** Whether points, labels, colors and bookmarks are loaded, and PCA is drawn or skipped. */
  function isReady(viewer, opening) {
    return viewer.dataSet && viewer.dataPanel.colorOptions &&
      viewer.bookmarkPanel.savedStates.length &&
      (opening.skipsPca || viewer.projection?.dataSet === viewer.dataSet);
  }

  function uncover(note) {
    if (note) {
      document.getElementById("note").textContent = note;
      document.getElementById("note").hidden = false;
    }
    cover.classList.add("gone");
    document.body.dataset.opened = note ? "by hand" : "by itself";
  }

  /** Leave the viewer as it opens without this script, with a note that says what to do. */
  function giveUp(viewer, opening, note) {
    opening.isAwaited = false;
    if (opening.skipsPca) {
      viewer.projectionsPanel?.enablePolymerChangesTriggerReprojection?.();
      viewer.projectionsPanel?.showTab?.("pca");
    }
    uncover(note);
  }

  /** Open the first bookmark. The names used are not a public interface, so anything may fail. */
  function openWhenReady(viewer, opening) {
    try {
      if (isReady(viewer, opening)) {
        viewer.bookmarkPanel.loadSavedState(0);
        // Loading clears the mark that it has just set (vz-projector-bookmark-panel.ts:82-90).
        viewer.bookmarkPanel.setSelectionState(0, true);
        opening.isAwaited = false;
        requestAnimationFrame(() => requestAnimationFrame(() => uncover("")));
        return;
      }
    } catch (error) {
      giveUp(viewer, opening, "Choose the map under BOOKMARKS, at the lower right.");
      return;
    }
    if (performance.now() > opening.deadline) {
      giveUp(viewer, opening,
        "Choose the map under BOOKMARKS, at the lower right, once the points appear.");
      return;
    }
    setTimeout(openWhenReady, 20, viewer, opening);
  }

  const viewer = document.createElement("vz-projector");
  viewer.setAttribute("serving-mode", "demo");
  viewer.setAttribute("projector-config-json-path", configAddress());
  keepPcaWorking(viewer);
  const opening = { isAwaited: Boolean(document.body.dataset.firstBookmark), skipsPca: false };
  if (opening.isAwaited) skipFirstPca(viewer, opening);
  document.getElementById("viewer").prepend(viewer);
  if (opening.isAwaited) {
    opening.deadline = performance.now() + 1000 * SECONDS_TO_WAIT;
    openWhenReady(viewer, opening);
  } else {
    uncover("");
  }
})();
