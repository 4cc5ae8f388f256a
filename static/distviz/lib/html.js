// Everything a panel needs to build its part of the page, from one place.

export {
  html, render, signal, computed, effect, batch,
  useEffect, useLayoutEffect, useRef, useState, useMemo, useCallback, useErrorBoundary,
} from "../../vendor/preact.js";
