/** The composition root: the one place that knows which store, which database and which wire are used. */
export type {};
