// Loaded in <head> before the first paint, as a plain script: the chosen theme must not flash.
// The choice ("light", "dark" or "system") is kept in localStorage; canvases listen for "distviz:theme".
(function () {
    "use strict";
    const choices = ["system", "light", "dark"];
    const media = { system: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };

    function stored() {
        try {
            const choice = window.localStorage.getItem("distviz-theme");
            return choices.includes(choice) ? choice : "system";
        } catch (error) {
            if (error instanceof DOMException) return "system"; // storage is switched off: follow the system
            throw error;
        }
    }

    function store(choice) {
        try {
            window.localStorage.setItem("distviz-theme", choice);
        } catch (error) {
            if (!(error instanceof DOMException)) throw error; // full or switched off: holds for this page only
        }
    }

    function apply(choice) {
        document.documentElement.dataset.theme = choice;
        document.getElementById("dark-colours").media = media[choice];
        for (const input of document.querySelectorAll("input[name=theme]")) input.checked = input.value === choice;
        document.dispatchEvent(new CustomEvent("distviz:theme", { detail: choice }));
    }

    apply(stored());
    document.addEventListener("DOMContentLoaded", () => apply(stored()));
    document.addEventListener("distviz:shown", () => apply(stored()));
    document.addEventListener("change", (event) => {
        if (event.target.name !== "theme") return;
        store(event.target.value);
        apply(event.target.value);
    });
    window.matchMedia(media.system).addEventListener("change", () => apply(stored()));
    window.addEventListener("storage", (event) => {
        if (event.key === "distviz-theme") apply(stored());
    });
})();
