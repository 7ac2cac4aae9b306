/** A gate with a pulse through it. */
export function Logo() {
  return (
    <svg
      width="26"
      height="26"
      viewBox="0 0 26 26"
      aria-hidden="true"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
    >
      <path d="M4 24V11a9 9 0 0 1 18 0v13" stroke="var(--mantine-primary-color-filled)" />
      <path d="M1 17h6l2.5-6 4 10 2.5-7 1.5 3h7" stroke="currentColor" strokeLinejoin="round" />
    </svg>
  );
}
