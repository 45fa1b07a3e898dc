// rustfmt and clippy, which rustup's default profile brings and a minimal one does not.
import { Failure } from '../common/failure.mjs';
import { answer, which } from '../common/run.mjs';
import { rustupAdd } from './rustup.mjs';

const runs = (tool) => which('cargo') && answer(['cargo', tool, '--version']) !== null;

export default {
  name: 'rustfmt and clippy',
  check: () => runs('fmt') && runs('clippy'),
  async install() {
    const refusal = await rustupAdd(['component', 'add', 'rustfmt', 'clippy']);
    if (refusal) throw new Failure(`rustfmt and clippy are missing: ${refusal}`, { advice: 'run: rustup component add rustfmt clippy' });
  },
};
