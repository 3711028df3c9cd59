/** The other end of the pipe: starts an engine and talks to it. */
export {}
