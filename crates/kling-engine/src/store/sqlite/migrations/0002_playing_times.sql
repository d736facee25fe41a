-- How long a video plays, in milliseconds; NULL for a picture, and where it is not known.
ALTER TABLE files ADD COLUMN duration_ms INTEGER;
