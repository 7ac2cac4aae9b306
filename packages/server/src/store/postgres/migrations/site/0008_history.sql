-- History of a type and of everything, newest first: superseded versions by time, current ones by sx.
create index hist_tk_lu on hist (tk, lu);
create index hist_lu on hist (lu);
create index sx_time on sx (lu);
