/* The tour: a panel that leads from stop to stop. The address says which, so links and Back work. */

/** The stops, and the panel that shows one of them as text. */
class Tour {
  constructor(stops) {
    this.stops = stops;
    this.number = 0; // of the stop, from 1; 0 while the panel is closed
  }

  /** Return the number of the stop that an address names, or 0. */
  numberOf(text) {
    const number = /^\d{1,9}$/.test(text ?? "") ? Number(text) : 0;
    return number <= this.stops.length ? number : 0;
  }

  /** Return the parts of the address that a stop shows. */
  view(number) {
    return this.stops[number - 1]?.view ?? {};
  }

  show(number) {
    const isOpened = number > 0 && this.number === 0;
    const wasOpen = this.number > 0;
    this.number = number;
    document.getElementById("tour").hidden = number === 0;
    document.querySelector("vz-projector").toggleAttribute("data-tour", number > 0);
    if (number) this.fillPanel();
    // The map is smaller while the panel is below it, on a small screen.
    if (isOpened || (wasOpen && !number)) dispatchEvent(new Event("resize"));
  }

  fillPanel() {
    const { title, text } = this.stops[this.number - 1];
    const part = (name) => document.getElementById(`tour-${name}`);
    part("place").textContent = `${this.number} of ${this.stops.length}`;
    part("title").textContent = title;
    part("text").textContent = text;
    part("previous").disabled = this.number === 1;
    part("next").textContent = this.number === this.stops.length ? "Done" : "Next";
  }
}

/** Offer the tour, and let buttons and keys lead through it. */
function addTour(viewer, tour, address) {
  const panel = document.getElementById("tour");
  const start = document.getElementById("take-tour");
  const close = () => {
    tour.show(0);
    address.write();
    start.focus();
  };
  const go = (number) => {
    if (number > tour.stops.length) close();
    else if (number > 0) location.hash = `tour=${number}`;
  };
  start.hidden = !tour.stops.length;
  start.addEventListener("click", () => {
    go(1);
    panel.hidden = false; // so that it can have the focus before the address is followed
    panel.focus();
  });
  document.getElementById("tour-previous").addEventListener("click", () => go(tour.number - 1));
  document.getElementById("tour-next").addEventListener("click", () => go(tour.number + 1));
  document.getElementById("tour-close").addEventListener("click", close);
  const keys = {
    ArrowLeft: () => go(tour.number - 1),
    ArrowRight: () => go(tour.number + 1),
    Escape: close,
  };
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the viewer selects an area while Shift is down
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}
