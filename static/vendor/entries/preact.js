// One file for the view layer: preact, its hooks, signals, and htm bound to `h` as `html`.
import { h } from "preact";
import htm from "htm";

export { h, render, hydrate, Fragment, Component, createContext, createRef, cloneElement, toChildArray, isValidElement, options } from "preact";
export { useState, useReducer, useEffect, useLayoutEffect, useMemo, useCallback, useRef, useContext, useId, useImperativeHandle, useErrorBoundary, useDebugValue } from "preact/hooks";
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect, Signal } from "@preact/signals";
export const html = htm.bind(h);
