/** Version of the tool, as package.json has it. */
export const VERSION = '0.1.0';

/** What corpus entries say they were written by. */
export const TOOL = `zpci-fuzz ${VERSION}`;
