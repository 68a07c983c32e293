import { testSurvivors } from '../../harness/campaign/survivors.fixture.ts';
import { series } from './series.ts';

testSurvivors(series, ['v5.11', 'rfc4', 'v4.8']);
