/** What a user can do about exit code 4. */
export const FAULT_HINT = 'This is a fault of tokenward itself. Set TOKENWARD_DEBUG=1 for the stack trace, and please report it.'
