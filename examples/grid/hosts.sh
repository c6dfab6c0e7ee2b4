# hosts.sh - hosts_up NAME...: an sshd on the loopback for each name, until this shell ends; sourced.
# shellcheck shell=bash
#
# $dir/ssh/config lets `ssh -F` reach them by name.  Each serves this user alone, by a key that lives as
# long as the directory, has the tools on its PATH, and a journal of its own in $dir/NAME.jsonl.
: "${dir:?is set by common.sh}"
hosts_pids=()
hosts_made=

hosts_down() {
	[ ${#hosts_pids[@]} -eq 0 ] || kill "${hosts_pids[@]}" 2>/dev/null || true
	wait
	[ -z "$hosts_made" ] || rmdir "$hosts_made"
}

# host_files NAME PORT: its configuration, and what a client needs to know of it.
host_files() {
	cat >"ssh/$1.conf" <<-END
		ListenAddress 127.0.0.1:$2
		HostKey $dir/ssh/host
		AuthorizedKeysFile $dir/ssh/user.pub
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		SetEnv PATH=$PATH ML_LOG=$dir/$1.jsonl ML_THREADS=1
	END
	cat >>ssh/config <<-END
		Host $1
		    HostName 127.0.0.1
		    Port $2
		    User $(id -un)
		    IdentityFile $dir/ssh/user
		    IdentitiesOnly yes
		    BatchMode yes
		    StrictHostKeyChecking yes
		    UserKnownHostsFile $dir/ssh/known
		    LogLevel ERROR
	END
	echo "[127.0.0.1]:$2 $(cat ssh/host.pub)" >>ssh/known
}

# host_up NAME: on the first port of some that is free.
host_up() {
	local port pid
	for _ in 1 2 3 4 5 6 7 8; do
		port=$((20000 + RANDOM % 20000))
		sed -i "/^Host $1\$/,\$d" ssh/config
		host_files "$1" "$port"
		"${guard[@]}" "$sshd" -D -e -f "$dir/ssh/$1.conf" 2>"ssh/$1.log" &
		pid=$!
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			if ssh -F ssh/config "$1" true 2>>"ssh/$1.log" </dev/null; then
				hosts_pids+=("$pid")
				return
			fi
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill "$pid" 2>/dev/null || true
	done
	echo "${0##*/}: no sshd could be started:" >&2
	cat "ssh/$1.log" >&2
	return 1
}

hosts_up() {
	local name
	# It ends with this shell, however that ends.
	guard=(setpriv --pdeathsig TERM)
	command -v setpriv >/dev/null || guard=()
	sshd=$(PATH=$PATH:/usr/sbin:/usr/local/sbin type -P sshd) || {
		echo "${0##*/}: no sshd (Debian: openssh-server)" >&2
		exit 77
	}
	mkdir -p ssh
	chmod 700 ssh
	rm -f ssh/*
	: >ssh/config
	ssh-keygen -q -t ed25519 -N '' -C example -f ssh/host
	ssh-keygen -q -t ed25519 -N '' -C example -f ssh/user
	trap 'hosts_down; at_end' EXIT
	# An sshd of root wants this directory; one of a user does not.
	if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
		mkdir -m 755 /run/sshd
		hosts_made=/run/sshd
	fi
	for name; do host_up "$name"; done
}
