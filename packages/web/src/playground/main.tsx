import { startApp } from '../ui/app.tsx';
import { router } from './routes.tsx';

await startApp('playground', router);
