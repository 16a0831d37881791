/* Shows what is new while the build runs: fetches the same page's fragment, and takes over the parts that differ. */
(function () {
  const PAUSE = 2000;

  function wide(details) {
    return details.querySelector("[tabindex]") || details;
  }

  /* What a reader closed stays closed; focus and scrolling stay where they are. */
  function takeOver(old, fresh) {
    if (old.innerHTML === fresh.innerHTML) {
      return;
    }
    const known = new Map();
    old.querySelectorAll("details").forEach((d) => known.set(d.dataset.part, { open: d.open, scrolled: wide(d).scrollLeft }));
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const around = active ? active.closest("details") : null;
    const part = around ? around.dataset.part : null;
    const place = active && active.tagName === "SUMMARY" ? "summary" : "[tabindex]";
    old.textContent = "";
    while (fresh.firstChild) {
      old.appendChild(fresh.firstChild);
    }
    old.querySelectorAll("details").forEach((d) => {
      const before = known.get(d.dataset.part);
      if (before) {
        d.open = before.open;
        wide(d).scrollLeft = before.scrolled;
      }
      if (d.dataset.part === part) {
        d.querySelector(place).focus({ preventScroll: true });
      }
    });
  }

  function show(page, fresh) {
    fresh.querySelectorAll("section").forEach((section) => {
      if (!document.getElementById(section.id)) {
        page.appendChild(section);
      }
    });
    fresh.querySelectorAll("[data-live]").forEach((part) => takeOver(document.getElementById(part.id), part));
    page.dataset.building = fresh.dataset.building;
  }

  function look(page) {
    fetch("fragment", { cache: "no-store" })
      .then((answer) => (answer.status < 500 ? answer.text() : null))
      .then((text) => {
        if (text === null) {
          return follow(page); // Jenkins restarts
        }
        const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("stateful-mongo");
        if (fresh) {
          show(page, fresh);
          follow(page);
        } // else signed out, or the build is deleted
      })
      .catch(() => follow(page));
  }

  function follow(page) {
    if (page.dataset.building === "true") {
      setTimeout(() => look(page), PAUSE);
    }
  }

  document.addEventListener("DOMContentLoaded", () => follow(document.getElementById("stateful-mongo")));
})();
