/** The version of the app, written into every artifact. */
export const APP = '0.1.0';
