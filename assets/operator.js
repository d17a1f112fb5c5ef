// What makes the operators' pages quicker to use. Every page works without it.

// A file can be dropped onto .drop around a file field.
for (const drop of document.querySelectorAll(".drop")) {
  const field = drop.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    drop.classList.toggle("over", on);
  };
  drop.addEventListener("dragenter", over(true));
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    if (field && event.dataTransfer.files.length === 1) field.files = event.dataTransfer.files;
  });
}

// Work in progress: an element with data-poll="seconds" is fetched anew until the page has none, then the page is loaded.
// Only its content is replaced, so focus outside it stays.
const poll = async (element) => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-poll]");
    if (!answer.ok || !next) return location.reload();
    if (!element.contains(document.activeElement)) element.replaceChildren(...next.childNodes);
  } catch {
    // The server is away for a moment.
  }
  setTimeout(poll, element.dataset.poll * 1000, element);
};
for (const element of document.querySelectorAll("[data-poll]")) setTimeout(poll, element.dataset.poll * 1000, element);

// A board: when the server says that its numbers have changed, the page fetches itself and takes over what it shows. At
// most every two seconds, not while nobody looks, and focus stays on the link it was on.
for (const board of document.querySelectorAll("[data-live]")) {
  let due = false;
  let busy = false;
  let first = true;
  const tell = (word, kind) => {
    const place = board.querySelector("[data-live-state]");
    if (!place) return;
    const told = document.createElement("span");
    told.dataset.liveState = "";
    told.className = kind;
    told.textContent = word;
    place.replaceWith(told);
  };
  const refresh = async () => {
    if (!due || busy || document.hidden) return;
    [due, busy] = [false, true];
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("[data-live]");
      if (!answer.ok || !next) return location.reload();
      const open = [...board.querySelectorAll("details")].map((details) => details.open);
      const held = board.contains(document.activeElement) && document.activeElement;
      const href = held && held.getAttribute("href");
      const scrolled = [...board.querySelectorAll(".scroll")].map((region) => [region.scrollLeft, region.scrollTop]);
      board.replaceChildren(...next.childNodes);
      board.querySelectorAll("details").forEach((details, i) => (details.open = Boolean(open[i])));
      board.querySelectorAll(".scroll").forEach((region, i) => scrolled[i] && region.scrollTo(...scrolled[i]));
      if (href) board.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
      tell(board.dataset.liveWord, "on");
    } catch {
      tell(board.dataset.liveLost, "lost");
      due = true;
    } finally {
      setTimeout(() => {
        busy = false;
        refresh();
      }, 2000);
    }
  };
  const source = new EventSource(board.dataset.live);
  source.addEventListener("open", () => tell(board.dataset.liveWord, "on"));
  source.addEventListener("error", () => tell(board.dataset.liveLost, "lost"));
  source.addEventListener("message", () => {
    // The first only says where it stands; after a reconnection, something may have been missed.
    if (!first) due = true;
    first = false;
    refresh();
  });
  document.addEventListener("visibilitychange", refresh);
}

// After a form was refused, its list of errors is read first.
document.querySelector(".errors[tabindex]")?.focus();
