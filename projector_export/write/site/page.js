(() => {
  "use strict";
  const SECONDS_TO_WAIT = 60;
  const ADDRESS_KEYS = ["tensorPath", "metadataPath", "bookmarksPath"];
  const cover = document.getElementById("cover");

  document.getElementById("about").addEventListener("click", () => {
    document.getElementById("licenses").showModal();
  });

  /** Where the viewer finds its config: a file, or in a single-file page an address made of it. */
  function configAddress() {
    const parts = [...document.querySelectorAll("script[data-path]")];
    if (!parts.length) return "config.json";
    const contents = {};
    for (const part of parts) {
      contents[part.dataset.path] = Uint8Array.from(atob(part.textContent), (c) => c.charCodeAt(0));
      part.remove();
    }
    const address = (content) => URL.createObjectURL(new Blob([content]));
    const config = JSON.parse(new TextDecoder().decode(contents["config.json"]));
    for (const table of config.embeddings) {
      for (const key of ADDRESS_KEYS.filter((key) => table[key])) {
        // The viewer tells binary tensors by the end of their address; a fragment asks for nothing.
        table[key] = address(contents[table[key]]) + "#" + table[key];
      }
    }
    return address(JSON.stringify(config));
  }

  /** Tell whether points, labels, colours and bookmarks are there and the first view is drawn. */
  function isReady(viewer) {
    return viewer.dataSet && viewer.projection && viewer.projection.dataSet === viewer.dataSet &&
      viewer.dataPanel.colorOptions && viewer.bookmarkPanel.savedStates.length;
  }

  function uncover(note) {
    if (note) {
      document.getElementById("note").textContent = note;
      document.getElementById("note").hidden = false;
    }
    cover.classList.add("gone");
    document.body.dataset.opened = note ? "by hand" : "by itself";
  }

  /** Open the first bookmark. The names used are the viewer's own business, so anything may fail. */
  function openWhenReady(viewer, deadline) {
    try {
      if (isReady(viewer)) {
        viewer.bookmarkPanel.loadSavedState(0);
        // Loading clears the mark that it has just set (vz-projector-bookmark-panel.ts:82-90).
        viewer.bookmarkPanel.setSelectionState(0, true);
        requestAnimationFrame(() => requestAnimationFrame(() => uncover("")));
        return;
      }
    } catch (error) {
      uncover("Choose the map under BOOKMARKS, at the lower right.");
      return;
    }
    if (performance.now() > deadline) {
      uncover("Choose the map under BOOKMARKS, at the lower right, once the points are there.");
      return;
    }
    setTimeout(openWhenReady, 50, viewer, deadline);
  }

  const viewer = document.createElement("vz-projector");
  viewer.setAttribute("serving-mode", "demo");
  viewer.setAttribute("projector-config-json-path", configAddress());
  document.getElementById("viewer").prepend(viewer);
  if (document.body.dataset.firstBookmark) {
    openWhenReady(viewer, performance.now() + 1000 * SECONDS_TO_WAIT);
  } else {
    uncover("");
  }
})();
