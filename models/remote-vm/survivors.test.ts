import { testSurvivors } from '../../harness/campaign/survivors.fixture.ts';
import { series } from './series.ts';

testSurvivors(series, ['v4']);
