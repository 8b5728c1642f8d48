/** Rows of the table that strace_process.test.ts shows. */
export const PROCESS_ROWS = ['getrusage', 'times', 'waitid']
