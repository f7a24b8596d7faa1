/** What compilers know of `@livekit-replay/react/styles.css`: it is imported for what it does. */
export {};
