"""The top floor: pages, REST, the socket and the admin. It asks `simulator.runs` for everything else."""
