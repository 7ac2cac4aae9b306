import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** From the palest to the darkest. Shade 7 on white and shade 4 on the dark background have a contrast above 4.5. */
const gate: MantineColorsTuple = [
  '#e9f5f6',
  '#d3e8ea',
  '#a6d1d5',
  '#74b8bf',
  '#4ca4ac',
  '#3197a1',
  '#1c8791',
  '#0b6e78',
  '#065a63',
  '#02464d',
];

/** The text on what is filled with the primary colour suits the shade that it has in light or dark. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isPrimary = input.color === undefined || input.color === input.theme.primaryColor;
  return input.variant === 'filled' && isPrimary
    ? { ...colors, color: 'var(--mantine-primary-color-contrast)' }
    : colors;
};

/** How Chartgate looks: calm, plain, with one colour that means "you can do something here". */
export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.179, // where black and white text are equally readable
  colors: { gate },
  variantColorResolver,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
});

/** Quiet text stays readable on both backgrounds: contrast above 4.5 (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a626b',
    '--mantine-color-placeholder': '#6b737c',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#a6aeb8',
    '--mantine-color-placeholder': '#98a1ab',
    '--mantine-color-error': '#ff8787',
  },
});
