// For tsconfig.kernel.json alone, where memfs is `any`.
declare module 'memfs'
declare module 'memfs/*'
