import { testExpectedVerdicts } from '../../harness/campaign/expected-verdicts.fixture.ts';
import { expected } from './expected-verdicts.fixture.ts';
import { series } from './series.ts';

testExpectedVerdicts(series, expected);
