import { z } from 'zod';

/** Of TCP; 0 takes a free one. */
export const port = z.coerce.number().int().min(0).max(65_535);
