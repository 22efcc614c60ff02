/** The text of a typical message. */
export const TEXT = 'Hello, I ordered a pair of boots last week and wonder where they are. My number is 20391.';
