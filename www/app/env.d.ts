// What webpack lets a module import beside TypeScript.
declare module '*.css';
