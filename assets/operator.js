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

// After a form was refused, its list of errors is read first.
document.querySelector(".errors[tabindex]")?.focus();
