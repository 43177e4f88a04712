// A button beside an id that people carry into another system; without scripts the id is marked and copied by hand.
for (const place of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-link app-link-button app-copy";
  button.append("Copy");
  const what = document.createElement("span");
  what.className = "govuk-visually-hidden";
  what.textContent = ` ${place.dataset.copy}`;
  button.append(what);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "app-copy__said";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.textContent.trim());
      said.textContent = "Copied";
    } catch {
      said.textContent = "Not copied: mark it and copy it by hand";
    }
  });
  place.after(" ", button, " ", said);
}
