// Every case of the matrix, in the order of its table.
//
// A case is `{name, run, quick?, needs?}`. `run(stage)` opens what it needs on its stage and asserts what is particular
// to it; what holds for all cases is the stage's. `quick` ones belong to `npm test`. `needs` names what a driver must be
// able to do beyond WebDriver.
import { cases as backends } from './backends.mjs';
import { cases as pages } from './pages.mjs';
import { cases as tabs } from './tabs.mjs';

export const CASES = [...backends, ...pages, ...tabs];
