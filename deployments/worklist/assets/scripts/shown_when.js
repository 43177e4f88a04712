// A question that hangs on several answers to another is shown with any of them, and hidden otherwise. The Design
// System does the same for one answer. What holds something that was written, or a problem, is never hidden.
function chosen(form, name) {
  return [...form.querySelectorAll("input:checked")].filter((input) => input.name === name).map((input) => input.value);
}

function holdsSomething(part) {
  if (part.querySelector(".govuk-error-message")) {
    return true;
  }
  return [...part.querySelectorAll("input, textarea, select")].some((input) => {
    if (input.type === "radio" || input.type === "checkbox") {
      return input.checked && !input.defaultChecked;
    }
    return input.type !== "hidden" && input.value.trim() !== "";
  });
}

function follow(part) {
  const form = part.closest("form");
  const values = part.dataset.shownValues.split(" ");
  const look = () => {
    part.hidden = !chosen(form, part.dataset.shownBy).some((value) => values.includes(value)) && !holdsSomething(part);
  };
  form.addEventListener("change", look);
  look();
}

export function followAnswers() {
  document.querySelectorAll("form .app-shown-when").forEach(follow);
}
