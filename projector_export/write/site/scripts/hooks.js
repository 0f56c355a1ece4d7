/* How the page changes the viewer: it replaces methods, feature by feature, and says what it cannot. */

/** Replace a method by `replacement`, which gets the original first. */
function replaceMethod(object, name, replacement) {
  const method = object[name].bind(object);
  object[name] = (...values) => replacement(method, ...values);
}

/**
 * Install a feature if the viewer has every method that it replaces or calls.
 *
 * The names are not a public interface: where one is missing, the viewer works as it does without
 * this feature, and the page says so.
 */
function addFeature(description, hooks, install) {
  const isThere = ([object, name]) => typeof object?.[name] === "function";
  try {
    if (!hooks.every(isThere)) throw new Error("a method of the viewer is missing");
    install();
  } catch {
    missingFeatures.push(description);
    showMissingFeatures();
  }
}

const missingFeatures = [];

function showMissingFeatures() {
  const note = document.getElementById("missing");
  note.textContent = "This version of the viewer cannot " + missingFeatures.join(", ") + ".";
  note.hidden = false;
}

/** Call `use` as soon as the viewer has its panels, and before it requests any data. */
function whenPanelsExist(viewer, use) {
  if (typeof viewer.initializeDataProvider === "function") {
    replaceMethod(viewer, "initializeDataProvider", (initialize, ...values) => {
      use();
      return initialize(...values);
    });
  } else {
    const isThere = () => viewer.dataPanel && viewer.projectorScatterPlotAdapter;
    const wait = () => (isThere() ? use() : setTimeout(wait, 5));
    wait();
  }
}
