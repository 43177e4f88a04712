// A button that prints the page; without it the browser's own command does.
for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = place.dataset.print;
  button.addEventListener("click", () => window.print());
  place.replaceChildren(button);
}
