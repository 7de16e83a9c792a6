// The answer to 呼叫 carries a tel: link: follow it at once. It stays as a button, for
// phones that ask again; the number stands nowhere else on the page.

function dial(within) {
  const link = within.querySelector("a[data-dial]:not([data-dialled])");
  if (!link) return;
  link.setAttribute("data-dialled", "");
  link.click();
}

document.body.addEventListener("htmx:afterSettle", (event) => dial(event.detail.target));
