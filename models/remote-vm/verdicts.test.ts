import { testExpectedVerdicts } from '../../harness/campaign/expected-verdicts.fixture.ts';
import { series } from './series.ts';

testExpectedVerdicts(series);
