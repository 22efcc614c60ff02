/** The file in the data folder with the link by which the first administrator is created. The web app writes and removes it, `start` prints it. */
export const FIRST_ADMINISTRATOR_FILE = 'first-administrator.txt';
